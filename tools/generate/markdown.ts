/** The few pieces of Markdown that the reference pages are made of. */

/** A page with its title, and where it comes from for a reader who wants to edit it. */
export const page = (title: string, source: string, ...parts: readonly string[]): string =>
  `${[`<!-- Made from ${source} by \`npm run generate\`; edit that, not this page. -->`, `# ${title}`, ...parts].join('\n\n')}\n`;

/** A table; a cell may hold anything but ends up on one line. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

export const code = (text: string): string => `\`${text}\``;

/** Outside code, Markdown would take `<sensor_type>` for HTML and show nothing. */
const cell = (text: string): string =>
  (text.startsWith('`') ? text : text.replaceAll('<', '&lt;')).replaceAll('|', '\\|').replaceAll('\n', ' ');
