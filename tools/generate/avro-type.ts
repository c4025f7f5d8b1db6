/** What an Avro schema's data look like in TypeScript, once decoded. */
import { isPersonalType, personalFieldsOf } from '@plenum/event';

export type AvroField = { readonly name: string; readonly type: AvroType; readonly doc?: string };

export type AvroNamed =
  | { readonly type: 'record'; readonly name: string; readonly doc?: string; readonly fields: readonly AvroField[] }
  | { readonly type: 'enum'; readonly name: string; readonly doc?: string; readonly symbols: readonly string[] }
  | { readonly type: 'fixed'; readonly name: string; readonly doc?: string; readonly size: number };

export type AvroType =
  | string
  | readonly AvroType[]
  | AvroNamed
  | { readonly type: 'array'; readonly items: AvroType }
  | { readonly type: 'map'; readonly values: AvroType }
  | { readonly type: string };

/** Avro's null is `undefined` here, and its 64-bit integers are times and counts that a double holds exactly. */
const primitives: Readonly<Record<string, string>> = {
  null: 'undefined',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Uint8Array',
};

/**
 * Declarations of the data of one event version: its own type, and one for every record or enum inside it, each
 * named after the event (`Sensor` in version 1 of `NodeRegistered` is `NodeRegisteredSensorV1`).
 * @throws for a type that Avro does not know or that is named before it is defined, and for a personal field that is nobody's.
 */
export const typeDeclarations = (event: AvroNamed, version: number): string => {
  personalFieldsOf(event);
  const declarations: string[] = [];
  const names = new Map<string, string>();

  const declare = (named: AvroNamed, name: string): string => {
    names.set(named.name, name);
    const place = declarations.push('') - 1; // The event itself comes first, what it holds after it.
    declarations[place] = `${docComment(named.doc)}export type ${name} = ${bodyOf(named, typeOf)};\n`;
    return name;
  };

  const typeOf = (type: AvroType): string => {
    if (typeof type === 'string') return primitives[type] ?? names.get(type) ?? unknownType(event.name, type);
    if (isUnion(type)) return type.map(typeOf).sort(undefinedLast).join(' | ');
    if (isNamed(type)) return declare(type, `${event.name}${type.name}V${version}`);
    if ('items' in type) return `readonly ${parenthesised(typeOf(type.items))}[]`;
    if ('values' in type) return `Readonly<Record<string, ${typeOf(type.values)}>>`;
    if (isPersonalType(type)) return 'Personal';
    return typeOf(type.type); // Any other logical type: the number or text that stands for it.
  };

  declare(event, `${event.name}V${version}`);
  return declarations.join('\n');
};

/** A field's type in the words of Avro, for people: `string or null`, `timestamp-micros`, `array of string`. */
export const dataType = (type: AvroType): string => {
  if (typeof type === 'string') return type;
  if (isUnion(type)) return type.toSorted(nullLast).map(dataType).join(' or ');
  if (isNamed(type)) return type.type === 'enum' ? type.symbols.join(' or ') : type.name;
  if ('items' in type) return `array of ${dataType(type.items)}`;
  if ('values' in type) return `map of ${dataType(type.values)}`;
  return 'logicalType' in type ? String(type.logicalType) : type.type;
};

const bodyOf = (named: AvroNamed, typeOf: (type: AvroType) => string): string => {
  if (named.type === 'fixed') return 'Uint8Array';
  if (named.type === 'enum') return named.symbols.map((symbol) => `'${symbol}'`).join(' | ');
  const fields = named.fields.map(({ name, type, doc }) => `${docComment(doc)}readonly ${name}: ${typeOf(type)};\n`);
  return `{\n${fields.join('')}}`;
};

const isUnion = (type: AvroType): type is readonly AvroType[] => Array.isArray(type);

const isNamed = (type: object): type is AvroNamed =>
  'type' in type && (type.type === 'record' || type.type === 'enum' || type.type === 'fixed');

const parenthesised = (type: string): string => (type.includes(' ') ? `(${type})` : type);

const undefinedLast = (a: string, b: string): number => Number(a === 'undefined') - Number(b === 'undefined');

const nullLast = (a: AvroType, b: AvroType): number => Number(a === 'null') - Number(b === 'null');

const docComment = (doc: string | undefined): string =>
  doc === undefined ? '' : `/** ${doc.replaceAll('*/', '*\\/')} */\n`;

const unknownType = (event: string, type: string): never => {
  throw new Error(`${event}: ${type} is neither an Avro type nor defined before it is named`);
};
