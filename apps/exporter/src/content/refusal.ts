import type { FailureCode } from '@plenum/document';

/** It cannot be made, now or later: asked for again it ends the same. The message is a sentence for people. */
export class NotMade extends Error {
  readonly code: FailureCode;
  constructor(code: FailureCode, reason: string) {
    super(reason);
    this.name = 'NotMade';
    this.code = code;
  }
}
