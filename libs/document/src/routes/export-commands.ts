/** Commands about exports. */
import { type Asked, commandsOf, Problem, type Route } from '@plenum/http';
import { Type } from 'typebox';
import { judgeExport, type NewExport } from '../exports/asked.ts';
import { expireExport } from '../exports/export-commands.ts';
import { askForExport } from '../exports/request.ts';
import type { DocumentServices } from '../services.ts';
import { expectAllowed } from './expect-allowed.ts';
import { ofExports } from './exports.ts';

const anything = (description: string) =>
  Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({
      ...{ type: 'object', additionalProperties: true, maxProperties: 50, description },
    }),
  );
const time = (description: string) => Type.Optional(Type.String({ description, maxLength: 50 }));

const newExport = Type.Object(
  {
    kind: Type.String({ description: 'What of: one of `GET /api/v1/export-kinds`.', maxLength: 100 }),
    format: Type.String({ description: 'Rows: `csv`, `ndjson`, `parquet`. A document has its own.', maxLength: 20 }),
    filters: anything('Of rows: a value or a list of values by name. Which names there are an answer of 400 says.'),
    from: time('Of rows: from this time on, inclusive; ISO 8601.'),
    to: time('Of rows: up to this time, exclusive; ISO 8601.'),
    as_of: Type.Optional(
      Type.String({
        description: 'Of ledgers and events: a time, or the `position` of another export. What was there then.',
        maxLength: 20_000,
      }),
    ),
    options: anything('Of a document: what it is about.'),
  },
  { additionalProperties: false, title: 'NewExport' },
);

/** @throws Problem with everything that is wrong; 403 where it takes more than to ask for exports. */
const judged = ({ exportKinds, clock }: DocumentServices, asked: Pick<Asked, 'identity'>, body: NewExport) => {
  const fits = judgeExport(exportKinds(), body, clock.nowUs());
  if (fits.outcome === 'faulty') {
    const errors = fits.faults.map(({ field, detail }) => ({ in: 'body', parameter: field, detail }));
    const detail = errors.map(({ parameter, detail: what }) => `body: ${parameter} ${what}`).join('; ');
    throw new Problem('validation', `${detail}.`, { extra: { errors } });
  }
  expectAllowed(fits.kind, asked);
  return { kind: fits.kind.kind, format: fits.format, asked: fits.asked };
};

export const exportCommands = (services: DocumentServices): readonly Route[] => {
  const { reads, handle, newId } = services;
  const { making, about } = commandsOf({ ...services, ...ofExports, access: { permission: 'write:exports' } });
  return [
    making({
      operationId: 'requestExport',
      summary: 'Ask for a file',
      description:
        'It is made by and by: look at its `state`, and when that is `ready` fetch what `file` names. The same request as of ' +
        'the same position gives the same bytes.',
      body: newExport,
      run: (asked, metadata) =>
        askForExport({ work: reads.exportWork, handle, newId }, judged(services, asked, asked.body), metadata),
    }),
    about(
      { method: 'DELETE' },
      {
        operationId: 'deleteExport',
        summary: 'Remove the file of an export, or have it not made',
        run: ({ params: { id } }, metadata) => handle(expireExport(id, metadata.actor), metadata),
      },
    ),
  ];
};
