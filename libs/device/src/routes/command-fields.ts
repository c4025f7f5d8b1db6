/** What a command is asked for with, as clients write it. */
import { identifier, jsonObject, Problem } from '@plenum/http';
import { Type } from 'typebox';
import { type CommandAsked, groupMax } from '../commands/ask-for-command.ts';
import { commandFaults, commandLengthMax } from '../commands/command-faults.ts';
import { answerWithinMs, expiresInMs } from '../commands/timing.ts';

type Limits = { readonly default: number; readonly min: number; readonly max: number };

const seconds = (ms: Limits, description: string) =>
  Type.Optional(
    Type.Number({
      ...{ minimum: ms.min / 1_000, maximum: ms.max / 1_000 },
      description: `${description} Seconds; ${ms.default / 1_000} unless given.`,
    }),
  );

export const commandField = Type.String({
  ...{ minLength: 1, maxLength: commandLengthMax, pattern: '^[^\\u0000-\\u001f\\u007f]+$' },
  description: "What to do, in the device's own vocabulary.",
});

export const parametersField = Type.Optional(jsonObject({ description: 'For the device; at most 64 KiB as JSON.' }));

export const newCommand = Type.Object(
  {
    target: Type.Optional(identifier('A node id, `all`, or `zone:<zone>`: every node that is enrolled there now.')),
    nodes: Type.Optional(
      Type.Array(identifier('A node.'), {
        ...{ minItems: 1, maxItems: groupMax, uniqueItems: true },
        description: 'Instead of `target`: these nodes. All of them have to be enrolled.',
      }),
    ),
    command: commandField,
    parameters: parametersField,
    expires_in: seconds(expiresInMs, 'It is not sent later than that.'),
    answer_within: seconds(answerWithinMs, 'So long a node that has it may say nothing.'),
  },
  { additionalProperties: false, title: 'NewDeviceCommand' },
);

type Targeted = { readonly target?: string | undefined; readonly nodes?: readonly string[] | undefined };

/** @throws Problem where it is not one or the other. */
export const targetOf = ({ target, nodes }: Targeted): string | readonly string[] => {
  if (target !== undefined && nodes === undefined) return target;
  if (nodes !== undefined && target === undefined) return nodes;
  const [parameter, detail] = ['target', 'or nodes is required, and not both'];
  throw new Problem('validation', `body: ${parameter} ${detail}.`, {
    extra: { errors: [{ in: 'body', parameter, detail }] },
  });
};

/** @throws Problem with everything that is wrong. */
export const refuseFaulty = (asked: CommandAsked): void => {
  const errors = commandFaults(asked).map(({ field, detail }) => ({ in: 'body', parameter: field, detail }));
  if (errors.length === 0) return;
  const detail = errors.map(({ parameter, detail: what }) => `body: ${parameter} ${what}`).join('; ');
  throw new Problem('validation', `${detail}.`, { extra: { errors } });
};
