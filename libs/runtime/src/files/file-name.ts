/**
 * Names of files, which our own code makes: lower-case words between slashes, such as `exports/0192…/drawing.dxf`. Nothing that a
 * client sent goes in; should it, this is the wall: no name leaves its folder, on any file system, and none is two files on
 * one that knows no case.
 */

const part = '[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?';
const pattern = new RegExp(`^${part}(?:/${part})*$`);

export const fileNameMax = 200;
export const filePartMax = 100;

/** @throws an error for what is no name: a bug of the caller. */
export const checkFileName = (name: string): void => {
  const isName = name.length <= fileNameMax && pattern.test(name);
  if (!isName || name.split('/').some((one) => one.length > filePartMax)) {
    throw new Error(`${JSON.stringify(name.slice(0, fileNameMax))} is no name of a file`);
  }
};

/** The beginning of a name, wherever it ends. @throws an error when no name begins so. */
export const checkFilePrefix = (prefix: string): void => {
  // Whatever it ends in the middle of, with one more letter it is a name.
  if (prefix !== '') checkFileName(`${prefix}a`);
};
