import type { Dimension } from './drawing.ts';

/**
 * Dimensions that no picture in a file is of, each as a sentence: viewers show the picture, and not the dimension. Held against
 * the dimensions that were drawn, since one that was rounded may say another tenth. Each picture is of one, in any order.
 */
export const pictureProblems = <Picture>(
  dimensions: readonly Dimension[],
  pictures: readonly Picture[],
  isPictureOf: (picture: Picture, dimension: Dimension) => boolean,
): readonly string[] => {
  const open = [...pictures];
  return dimensions.flatMap((dimension, index) => {
    const at = open.findIndex((picture) => isPictureOf(picture, dimension));
    if (at === -1) return [`shows dimension ${index + 1} otherwise than it is`];
    open.splice(at, 1);
    return [];
  });
};
