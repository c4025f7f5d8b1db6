/** Who may connect, and what may be published and subscribed by whom: the questions, which others answer. */

export type Credentials = {
  readonly clientId: string;
  readonly userName: string | undefined;
  readonly password: Uint8Array | undefined;
  /** The certificate that the client showed, when it is connected by TLS and was asked for one. */
  readonly certificate: ClientCertificate | undefined;
};

export type ClientCertificate = {
  /** `CN` of its subject. */
  readonly commonName: string | undefined;
  /** SHA-256, as upper-case hexadecimal digits with colons, as OpenSSL prints it. */
  readonly fingerprint: string;
};

export type Admission =
  | { readonly admitted: true; readonly rights: Rights }
  | {
      readonly admitted: false;
      /** A reason code of MQTT 5 for CONNACK: 0x85, 0x86, 0x87 or 0x8a. */
      readonly reason: number;
      readonly why: string;
    };

/** Of one connection. Asked for every message, so the answers come at once; `undefined` is yes, a text is why not. */
export type Rights = {
  publish(topic: string): string | undefined;
  subscribe(filter: string): string | undefined;
  /** Aborts when the rights have ended: the connection is closed then. */
  readonly ended?: AbortSignal;
  /** Called once, when nobody has them any more: the connection is closed, or was when they came. */
  released?(): void;
};

/** Asked once for each CONNECT. A rejection is answered as "server unavailable". */
export type Access = (credentials: Credentials) => Promise<Admission>;

const everything: Rights = { publish: () => undefined, subscribe: () => undefined };

/** Everybody may do everything. */
export const openAccess: Access = () => Promise.resolve({ admitted: true, rights: everything });
