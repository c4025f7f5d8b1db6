/** Numbers as people read them in reports, drawings and sheets. */

/** With so many decimals. What rounds to zero has no sign. */
export const fixed = (value: number, decimals: number): string => {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
};

/** `$5,400.00` */
export const dollars = (value: number): string => `$${fixed(value, 2).replace(/\B(?=(?:\d{3})+\.)/g, ',')}`;

/** `1500.0 × 1333.3`: along the ceiling's width, and along its length. */
export const panelSize = (layout: { readonly panel_width_mm: number; readonly panel_length_mm: number }): string =>
  `${fixed(layout.panel_width_mm, 1)} × ${fixed(layout.panel_length_mm, 1)}`;

/** `2026-03-04 09:15:02` of `2026-03-04T09:15:02.118Z`. */
export const dateAndTime = (isoTime: string): string => isoTime.slice(0, 19).replace('T', ' ');
