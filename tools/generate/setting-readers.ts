/** Whether an app reads the settings that it declares: the page says who reads what, and Compose passes it on. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Names of `declared` that no code of the app mentions, nor that of any package of ours that it is made of. */
export const unreadSettings = (root: string, app: string, declared: readonly string[]): readonly string[] => {
  const directories = [...closureOf(root, path.join('apps', app))];
  const code = directories
    .flatMap((directory) => globSync(path.join(directory, 'src/**/*.ts'), { cwd: root, exclude: notOfApp }))
    .map((file) => withoutWords(readFileSync(path.join(root, file), 'utf8')))
    .join('\n');
  return declared.filter((name) => !mentions(code, name));
};

const notOfApp = ['**/*.test.ts', '**/testing/**', '**/generated/**'];

const closureOf = (root: string, directory: string, seen: Set<string> = new Set()): ReadonlySet<string> => {
  if (seen.has(directory)) return seen;
  seen.add(directory);
  const manifest = readFileSync(path.join(root, directory, 'package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(manifest) as { readonly dependencies?: Readonly<Record<string, string>> };
  for (const name of Object.keys(dependencies)) {
    const [found] = globSync(`{apps,libs}/${name.replace(/^@plenum\//, '')}`, { cwd: root });
    if (name.startsWith('@plenum/') && found !== undefined) closureOf(root, found, seen);
  }
  return seen;
};

/** Without comments and quoted text, where names are only talked about; of templates, what is put in remains. */
const withoutWords = (code: string): string =>
  code
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/`[^`]*`/g, (template) => (template.match(/\$\{[^}]*\}/g) ?? []).join(' '));

/** Other than where it is declared, or where its declaration is handed on. */
const mentions = (code: string, name: string): boolean =>
  new RegExp(`\\b${name}\\b`).test(
    code
      .replaceAll(new RegExp(`\\b${name}: \\w+\\(`, 'g'), '')
      .replaceAll(new RegExp(`\\b(?:${name}: )?\\w*[sS]ettings\\.${name}\\b`, 'g'), ''),
  );
