/**
 * Which processes are there. A process has a mark, which it leaves where others find it, and which is present for as long as
 * the process lives: so a process that finds the mark knows whether somebody still stands behind it.
 */
export type Presence = {
  /** Of this process, and of no other before or after it. */
  readonly mark: string;
  /**
   * Those of the marks whose process is gone. One that was cut off from where presence is kept may be among them though it
   * lives, so nothing but waiting may depend on it. @throws TransientFailure
   */
  absent(marks: readonly string[]): Promise<readonly string[]>;
};
