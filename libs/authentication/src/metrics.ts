/** What authentication counts, for metrics. Totals since the process began, and sizes as they are now. */

export type Method = 'session' | 'api_key' | 'oidc';

export type AuthenticationMetrics = {
  readonly authenticated: Readonly<Record<Method, number>>;
  /** `none`: nothing was shown, or nothing that says by which method it is meant. */
  readonly refused: Readonly<Record<Method | 'none', number>>;
  /** Requests whose credential could not be checked. */
  readonly unavailable: number;
  readonly logins: { readonly started: number; readonly refused: number };
  /** Security events that no record stands for: the log was away for too long, or there were too many. */
  readonly securityEventsDropped: number;
  /** Security events that wait for the log. */
  readonly securityEventsWaiting: number;
  readonly authorization: {
    /** Sessions and keys that are remembered, those that there are not included. */
    readonly remembered: number;
    /** Answers from memory, and questions to the database. */
    readonly hits: number;
    readonly reads: number;
    /** Since the authorization tables were last read with success; 0 while nothing had to be read. */
    readonly unreadableForMs: number;
  };
  /** Credential hashes that could not be opened with the master keys that are set. */
  readonly credentialHashesUnreadable: number;
};
