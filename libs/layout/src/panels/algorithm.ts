/** Which version of the rules lays panels out. A change of what they come to is another version. */
export const layoutAlgorithm = 'v2.0';
