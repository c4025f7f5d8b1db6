/** A file that is made from a declaration elsewhere in the tree, and never edited by hand. */
export type GeneratedFile = {
  /** Relative to the root of the tree, with forward slashes. */
  readonly path: string;
  readonly content: string;
};

/**
 * Makes all files of one kind from the tree at `root`.
 * @throws when a declaration contradicts itself; the message names the file to mend.
 */
export type Generator = {
  readonly name: string;
  readonly generate: (root: string) => Promise<readonly GeneratedFile[]>;
};
