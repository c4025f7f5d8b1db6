/**
 * Routes of what decisions make: each of one kind has an address, a version as `ETag`, and commands about it. Nothing here
 * knows what is decided; a domain says what its things are called, what is shown of them, and what each command does.
 */
import { type CommandMetadata, type NotDone, type Receipt, type StreamId, seenBy } from '@plenum/event';
import type { ShownVersion } from '@plenum/read-model';
import { type Static, type TSchema, type TString, Type } from 'typebox';
import {
  commandAnswers,
  metadataOf,
  metadataWithoutVersion,
  receipt,
  receiptFields,
  receiptSchema,
  type UntilShown,
} from './commands.ts';
import { query } from './fields.ts';
import { Problem, problems } from './problem.ts';
import { type Access, type Asked, defineRoute, type Method, type Route } from './route.ts';
import { versionStatusRoute } from './version-status.ts';
import { notModified, versioned } from './versions.ts';

/** A row of a decided thing. */
type Versioned = { readonly stream_version: number };

export type Kind = {
  /** Where they are below `/api/v1`, such as `/users`. */
  readonly kind: string;
  /** What one of them is called, such as `User`: operations are `getUser` and `getUserVersion`. */
  readonly one: string;
  readonly access: Access;
  readonly tags: readonly string[];
  /** The projection that shows them. */
  readonly projection: string;
  /** The stream of one of them. */
  readonly stream: (id: string) => StreamId;
};

export type Entity<Schema extends TSchema> = Kind & {
  /** Of things that end: whether a version is shown is asked of their streams, in the caller's organisation, and of no row. */
  readonly shownVersion?: ShownVersion;
  /** Of a row, with its version; `rowSchema` makes it. */
  readonly schema: Schema;
  /** Of the route to one of them, where there is more to say than its name. */
  readonly summary?: string;
  /** The one with this id, where the caller may see it. @throws TransientFailure */
  readonly visible: (id: string, asked: Pick<Asked, 'identity'>) => Promise<(Static<Schema> & Versioned) | undefined>;
};

const idOf = (one: string) =>
  Type.Object({ id: Type.String({ description: `Which ${wordsOf(one)}.`, maxLength: 200 }) });

/** `WorkOrder`: work order. */
const wordsOf = (one: string): string => one.replaceAll(/(?<=[a-z])[A-Z]/g, ' $&').toLowerCase();

/** One of them by its id, and whether what is read shows a version of it. */
export const entityRoutes = <Schema extends TSchema>(entity: Entity<Schema>): readonly Route[] => {
  const { kind, one, access, tags, projection, schema, visible, summary = `One ${wordsOf(one)}` } = entity;
  const { stream, shownVersion } = entity;
  return [
    versionStatusRoute({
      ...{ kind, one, access, projection, tags },
      shown: async (id, asked) => {
        if (shownVersion === undefined) return (await visible(id, asked))?.stream_version;
        return shownVersion({ projection, stream: stream(id), organisation: seenBy(asked.identity) });
      },
    }),
    defineRoute({
      operationId: `get${one}`,
      method: 'GET',
      path: `${kind}/:id`,
      access,
      projections: [projection],
      tags,
      summary,
      params: idOf(one),
      querystring: query({}),
      answers: { 200: schema, ...notModified, ...problems(404) },
      handle: async (asked) => {
        const row = await visible(asked.params.id, asked);
        if (row === undefined) throw new Problem('not-found', `There is no such ${wordsOf(one)}.`);
        return versioned(asked, row);
      },
    }),
  ];
};

export type Commanded = Kind & {
  /** Behind the id, where one of them is read, such as `/enrolment`; the thing itself, unless given. */
  readonly readAt?: string;
  readonly shownVersion: ShownVersion;
  readonly untilShown: UntilShown;
};

type Done = Receipt | NotDone;

type Command<Params, Body extends TSchema, Outcome extends Done> = {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly body?: Body;
  readonly absentBodyIsEmpty?: boolean;
  /** What the answer has beside the receipt. */
  readonly answer?: Beside<Outcome>;
  readonly run: (asked: Asked<Params, unknown, Static<Body>>, metadata: CommandMetadata) => Promise<Outcome>;
};

type Beside<Outcome extends Done> = {
  /** What the description of the API calls the receipt with these fields. */
  readonly name: string;
  readonly fields: Readonly<Record<string, TSchema>>;
  readonly of: (done: Outcome) => object;
};

type Place = {
  readonly method?: Exclude<Method, 'GET'>;
  /** Behind the id, or behind the kind, such as `/disable`; the thing itself, unless given. */
  readonly at?: string;
};

type PlaceOf<Named extends string> = Place & {
  /** What is named behind the id, such as `key` in `/keys/:key`. */
  readonly named?: Readonly<Record<Named, TString>>;
};

type ParamsOf<Named extends string> = { readonly id: string } & { readonly [Name in Named]: string };

/** Commands of one kind: what makes a new one, and what is about one that is there. */
export const commandsOf = ({
  kind,
  one,
  access,
  tags,
  projection,
  stream,
  readAt,
  shownVersion,
  untilShown,
}: Commanded) => {
  const shown = (id: string) => shownVersion({ projection, stream: stream(id) });
  const where = { under: `/api/v1${kind}`, readAt, shown, untilShown };
  const common = { access, tags, querystring: query({}) } as const;
  return {
    /** `POST /things`, or `POST /things/import` and the like. */
    making: <Body extends TSchema, Outcome extends Done>({
      run,
      answer,
      at = '',
      ...command
    }: Command<unknown, Body, Outcome> & Pick<Place, 'at'>): Route =>
      defineRoute({
        ...common,
        ...command,
        method: 'POST',
        path: `${kind}${at}`,
        answers: { ...commandAnswers(201, schemaWith(answer)), ...problems() },
        handle: async (asked) => {
          const done = await run(asked, metadataWithoutVersion(asked));
          return receipt(asked, { ...where, done, success: 201, ...(answer && { more: answer.of(done) }) });
        },
      }),
    /** `POST /things/:id/verb`, `PATCH /things/:id` and the like. A version can be asked of these. */
    about: <Body extends TSchema, Outcome extends Done, Named extends string = never>(
      { method = 'POST', at = '', named }: PlaceOf<Named>,
      { run, answer, ...command }: Command<ParamsOf<Named>, Body, Outcome>,
    ): Route =>
      defineRoute({
        ...common,
        ...command,
        method,
        path: `${kind}/:id${at}`,
        params: paramsOf<Named>(one, named),
        answers: { ...commandAnswers(200, schemaWith(answer)), ...problems() },
        handle: async (asked) => {
          const done = await run(asked, metadataOf(asked));
          return receipt(asked, { ...where, done, success: 200, ...(answer && { more: answer.of(done) }) });
        },
      }),
  };
};

const paramsOf = <Named extends string>(one: string, named: PlaceOf<Named>['named']) =>
  // What is named is text, as the id is.
  Type.Unsafe<ParamsOf<Named>>(Type.Object({ ...idOf(one).properties, ...named }));

const schemaWith = (beside: Omit<Beside<never>, 'of'> | undefined): TSchema =>
  beside === undefined ? receiptSchema : Type.Object({ ...receiptFields, ...beside.fields }, { title: beside.name });
