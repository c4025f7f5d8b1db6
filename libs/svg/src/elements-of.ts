/** SVG as a tree, strictly: the elements and attributes that are written here, and no others. */
import { Unreadable } from '@plenum/drawing';
import { SaxesParser } from 'saxes';

export type Element = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
};

/** Attributes of each element. What is not here could be a script, a picture from elsewhere, or a shape that is not read. */
const known: Readonly<Record<string, readonly string[]>> = {
  svg: ['xmlns', 'version', 'width', 'height', 'viewBox'],
  title: [],
  style: [],
  g: ['id', 'class', 'data-start', 'data-end', 'data-offset', 'data-height'],
  rect: ['class', 'x', 'y', 'width', 'height'],
  polygon: ['class', 'points'],
  line: ['class', 'x1', 'y1', 'x2', 'y2'],
  circle: ['class', 'cx', 'cy', 'r'],
  text: ['class', 'x', 'y', 'text-anchor', 'dominant-baseline', 'font-weight', 'style', 'transform'],
};

/** The root. @throws Unreadable */
export const elementsOf = (xml: string): Element => {
  const parser = new SaxesParser({ xmlns: true });
  const open: Element[] = [];
  let root: Element | undefined;
  const refuse = (what: string) => (): never => {
    throw new Unreadable(what);
  };
  parser.on('error', (error) => {
    throw new Unreadable(`not XML: ${error.message}`);
  });
  parser.on('doctype', refuse('a document type'));
  parser.on('processinginstruction', refuse('a processing instruction'));
  parser.on('comment', refuse('a comment'));
  parser.on('cdata', refuse('a CDATA section'));
  parser.on('opentag', (tag) => {
    const element = { name: tag.local, attributes: attributesOf(tag), children: [], text: '' };
    if (tag.uri !== 'http://www.w3.org/2000/svg') throw new Unreadable(`an element ${tag.name} that is not SVG's`);
    if (open.length === 0) root = element;
    else open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element !== undefined && !/^(text|title|style)$/.test(element.name) && element.text.trim() !== '') {
      throw new Unreadable(`text within ${element.name}`);
    }
  });
  parser.write(xml).close();
  if (root?.name !== 'svg') throw new Unreadable('no svg');
  return root;
};

type Tag = {
  readonly local: string;
  readonly attributes: Readonly<Record<string, { readonly name: string; readonly value: string }>>;
};

const attributesOf = ({ local, attributes }: Tag): ReadonlyMap<string, string> => {
  const allowed = known[local];
  if (allowed === undefined) throw new Unreadable(`an element ${local}`);
  const read = new Map(Object.values(attributes).map(({ name, value }) => [name, value]));
  for (const name of read.keys()) {
    if (!allowed.includes(name)) throw new Unreadable(`an attribute ${name} of ${local}`);
  }
  return read;
};

export const stringOf = (element: Element, name: string): string => {
  const value = element.attributes.get(name);
  if (value === undefined) throw new Unreadable(`${element.name} without ${name}`);
  return value;
};

/** Numbers of a list, as many as `count`. */
export const numbersOf = (element: Element, name: string, count: number, separator = ' '): readonly number[] => {
  const parts = stringOf(element, name).split(separator);
  if (parts.length !== count || !parts.every((part) => /^-?\d+(\.\d+)?$/.test(part))) {
    throw new Unreadable(`${element.name} with ${name}="${stringOf(element, name).slice(0, 80)}"`);
  }
  return parts.map(Number);
};

export const numberOf = (element: Element, name: string): number => numbersOf(element, name, 1)[0] ?? Number.NaN;
