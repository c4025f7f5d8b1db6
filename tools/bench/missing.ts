/** What a path needs is not on this machine: it is left out, and said so, and counts as a failure. */
export class Missing extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'Missing';
  }
}
