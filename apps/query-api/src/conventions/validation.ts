/** How requests are held against the schemas of their routes. */
import type { Access } from '@plenum/http';
import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';

export const validation = {
  ...{ removeAdditional: false, coerceTypes: true, useDefaults: true, allErrors: false },
  // With strict numbers, `1e999` is made infinity and then passes every limit unseen, for it is no number to them.
  strictNumbers: false,
} as const;

const everyFault = new Ajv({ ...validation, allErrors: true, strict: false });

/**
 * Of a body that somebody known sent, everything that is wrong is looked for; of a stranger's, and of all else in a request,
 * what is wrong first: a list of a hundred thousand faults costs more than it took to ask for it.
 */
export const compilerFor = (access: Access): { readonly validatorCompiler?: FastifySchemaCompiler<object> } =>
  access === 'public'
    ? {}
    : { validatorCompiler: ({ schema, httpPart }) => compilers[httpPart === 'body' ? 'body' : 'else'].compile(schema) };

const compilers = { body: everyFault, else: new Ajv({ ...validation, strict: false }) };
