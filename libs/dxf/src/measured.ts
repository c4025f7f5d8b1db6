/** What numbers are rounded to, in millimetres. */
export const tolerance = 0.000_001;

/** A millionth of a millimetre is less than any saw can tell, and keeps 0.1 + 0.2 and -0 out of files. */
export const measured = (mm: number): number => Math.round(mm * 1e6) / 1e6 + 0;
