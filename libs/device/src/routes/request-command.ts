/** Asking for a command to a node or several. */
import type { NotDone, Receipt } from '@plenum/event';
import {
  answer,
  defineRoute,
  jsonObjectOrNull,
  metadataWithoutVersion,
  notShownYet,
  Problem,
  problems,
  query,
  type Route,
  receiptFields,
  refusedProblem,
  shownInTime,
  textOrNull,
  versionTag,
  waitOf,
  withHeaders,
} from '@plenum/http';
import { Type } from 'typebox';
import { askForCommand } from '../commands/ask-for-command.ts';
import type { CommandShown } from '../commands/reads.ts';
import type { DeviceServices } from '../services.ts';
import { newCommand, refuseFaulty, targetOf } from './command-fields.ts';
import { ofCommands, outcomesField, stateField } from './commands.ts';

const { status: _, ...receipt } = receiptFields;

const requested = Type.Object(
  {
    ...receipt,
    status: Type.String({ description: 'Says what becomes of it.' }),
    state: stateField,
    detail: textOrNull({ description: 'What the node said last, in its own words.' }),
    result: jsonObjectOrNull({ description: 'What the node gave back.' }),
    outcomes: outcomesField,
  },
  { title: 'RequestedDeviceCommand' },
);

/** @throws Problem where it was not done. */
export const carriedOut = (done: Receipt | NotDone): Receipt => {
  if (done.outcome === 'done') return done;
  throw done.outcome === 'refused' ? refusedProblem(done) : new Problem('conflict', 'The node was changed meanwhile.');
};

export const requestCommandRoute = (services: DeviceServices): Route =>
  defineRoute({
    operationId: 'requestDeviceCommand',
    method: 'POST',
    path: ofCommands.kind,
    access: ofCommands.access,
    tags: ofCommands.tags,
    summary: 'Command a node, all nodes, those of a zone, or a list of them',
    description:
      'It is sent once a node is connected, until it expires. `status` says what becomes of it. With `Prefer: wait` the ' +
      'answer is 200 with the outcome, if there is one by then.',
    querystring: query({}),
    body: newCommand,
    answers: {
      200: withHeaders(requested, 'ETag', 'Location', 'Preference-Applied'),
      202: notShownYet('Recorded; the outcome is still to come.', requested, 'ETag'),
      ...problems(404, 409, 422),
    },
    handle: async (asked) => {
      const { body, headers } = asked;
      const { reads, handle, newId, clock, untilShown } = services;
      const metadata = metadataWithoutVersion(asked);
      const { command, expires_in, answer_within } = body;
      const wanted = {
        ...{ target: targetOf(body), command, parameters: body.parameters ?? {} },
        ...{ expiresInMs: milliseconds(expires_in), answerWithinMs: milliseconds(answer_within) },
      };
      refuseFaulty(wanted);
      const done = carriedOut(await askForCommand({ targets: reads.targets, handle, newId, clock }, wanted, metadata));
      let found: CommandShown | undefined;
      const isFinal = async () => {
        found = (await reads.commands.byId(done.id)) ?? found;
        return found?.is_final === true;
      };
      const { id, version, how } = done;
      const isWaiting = waitOf({ headers }) !== undefined;
      const waited = await shownInTime(asked, untilShown, isFinal);
      // It was asked for before, and something may have become of it: one look.
      if (!isWaiting && how === 'known') await untilShown(isFinal, 0);
      const self = `/api/v1${ofCommands.kind}/${encodeURIComponent(id)}`;
      const { detail = null, result = null, outcomes = null } = found ?? {};
      // Before it is shown: one for a node is accepted with the request, one for several later.
      const state = found?.state ?? (version > 1 ? 'accepted' : 'requested');
      return answer(
        { id, version, outcome: how, self, status: self, state, detail, result, outcomes },
        {
          status: isWaiting && waited.isShown ? 200 : 202,
          headers: { etag: versionTag(version), location: self, ...waited.headers },
        },
      );
    },
  });

const milliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.round(seconds * 1_000);
