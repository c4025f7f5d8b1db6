/** What a route answers with where its body alone does not say it all. */
import { type Problem, statusOf } from './problem.ts';

export type Headers = Readonly<Record<string, string>>;

export class Answer<Body = unknown> {
  readonly body: Body;
  readonly status: number;
  readonly headers: Headers;
  constructor(body: Body, status: number, headers: Headers) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }
}

/** A body with a status other than 200, or with headers of its own. `Vary` is added to what others say of it. */
export const answer = <Body>(
  body: Body,
  { status = 200, headers = {} }: { readonly status?: number; readonly headers?: Headers } = {},
): Answer<Body> => new Answer(body, status, headers);

/** How the routes of a replaced system answer instead of with a problem: in the shape that its clients know. Total. */
export type Failures = (problem: Problem) => Answer;

/** A body of another shape, under the problem's own status and headers. */
export const failureAs = (problem: Problem, body: object): Answer =>
  new Answer(body, statusOf(problem), { ...problem.more.headers });
