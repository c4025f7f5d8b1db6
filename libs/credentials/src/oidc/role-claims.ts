/** Roles as Zitadel writes them into a token. */
import type { JWTPayload } from 'jose';

/**
 * The names of all roles in the claim of the client's own project and, when a project is named, in that project's claim.
 * A claim is an object keyed by role, whose values say in which organisations; or an array of such objects.
 */
export const rolesIn = (claims: JWTPayload, projectId?: string): readonly string[] => {
  const own = namesIn(claims['urn:zitadel:iam:org:project:roles']);
  const project = projectId === undefined ? [] : namesIn(claims[`urn:zitadel:iam:org:project:${projectId}:roles`]);
  return [...new Set([...own, ...project])];
};

const namesIn = (claim: unknown): readonly string[] => {
  if (Array.isArray(claim)) return claim.flatMap(keyedNames);
  return keyedNames(claim);
};

/** A role without its organisations, such as `{"admin": false}`, is nobody's. */
const keyedNames = (claim: unknown): readonly string[] => {
  if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) return [];
  return Object.entries(claim).flatMap(([name, where]) => (typeof where === 'object' && where !== null ? [name] : []));
};
