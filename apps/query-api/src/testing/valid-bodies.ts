/** For tests that go over every route. */

/** A body that each route takes which needs one. */
export const validBodies: Readonly<Record<string, object>> = {
  'POST /api/v1/users': { login: 'ann', name: 'Ann', role: 'guest' },
  'PATCH /api/v1/users/:id': { name: 'Anna' },
  'POST /api/v1/users/:id/password': { password: 'a password of ann' },
  'POST /api/v1/keys': { name: 'meter', role: 'guest' },
  'PATCH /api/v1/keys/:id': { rate_limit: 7 },
  'POST /api/v1/organisations': { id: 'acme', name: 'Acme' },
  'PATCH /api/v1/organisations/:id': { name: 'Acme Ltd.' },
  'POST /api/v1/sessions': { login: 'ann', password: 'a password of ann' },
  'POST /api/v1/me/password': { password: 'a password of ann', new_password: 'another password' },
  'POST /api/auth/login': { username: 'ann', password: 'a password of ann' },
  'POST /api/auth/api-keys': { name: 'meter', role: 'guest' },
};
