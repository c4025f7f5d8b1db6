export { Answer, answer, type Failures, failureAs, type Headers } from './answer.ts';
export {
  type Answering,
  type Asking,
  actorOf,
  commandAnswers,
  metadataOf,
  metadataWithoutVersion,
  notShownYet,
  type ReceiptBody,
  receipt,
  receiptFields,
  receiptSchema,
  refusedProblem,
  shownInTime,
  type UntilShown,
  type VersionOf,
  waitOf,
} from './commands.ts';
export { type Cursors, cursorsSealedBy, nextLink, type Seal, scopeOf } from './cursors.ts';
export { commandsOf, type Entity, entityRoutes, type Kind } from './entities.ts';
export {
  identifier,
  integerOrNull,
  jsonObject,
  jsonObjectOrNull,
  listOf,
  numberOrNull,
  oneOf,
  organisationAsked,
  query,
  textOrNull,
  textsOrNull,
  utcTime,
} from './fields.ts';
export { bboxField, bboxOf, geometryField, geometryGiven } from './geometry.ts';
export {
  type AnswerHeader,
  answerHeaders,
  headersNamed,
  type RequestHeader,
  requestHeaders,
  withHeaders,
} from './headers.ts';
export { type Fitting, type FittingInto, type Gathering, type Lists, truncatedHeader } from './lists.ts';
export { LiveAnswer, type LiveConnection, liveAnswer } from './live.ts';
export { asOldApiFailure, oldApiFailures, oldApiFailureWith } from './old-api-failures.ts';
export { asOldFailure, oldBodyFailures, oldFailures, oldKeyFailures } from './old-failures.ts';
export {
  type Cutting,
  type Page,
  PageAnswer,
  type PageLimits,
  page,
  pageFields,
  pageOf,
  rowsFor,
  shownPage,
} from './pages.ts';
export { payloadShown } from './payload.ts';
export {
  Problem,
  type ProblemName,
  problemBody,
  problemKinds,
  problemMediaType,
  problemResponses,
  problemSchema,
  problems,
  statusOf,
  tooMany,
} from './problem.ts';
export {
  type Access,
  type Answered,
  type Answers,
  type Asked,
  type Described,
  defineRoute,
  type Method,
  type Origin,
  type Route,
  urlOf,
} from './route.ts';
export { rowSchema } from './row-schema.ts';
export { type Range, rangeFields, rangeOf, timeGiven } from './times.ts';
export { type VersionStatus, versionStatusRoute } from './version-status.ts';
export {
  notModified,
  refuseVersion,
  seenVersion,
  tagKnown,
  versioned,
  versionTag,
  type WithHeaders,
  withoutCoding,
} from './versions.ts';
