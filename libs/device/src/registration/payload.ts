/**
 * A node's registration as Plenum publishes it, in the shape that clients of the replaced system read, and how such a message is
 * known again: by a digest of itself, so that who meets it needs to remember nothing.
 */
import { registrationTopic } from '../nodes/node-topics.ts';

/** What we say of a node that is enrolled. */
export type EnrolledNode = {
  readonly node_id: string;
  readonly location: object;
  readonly sensors: readonly string[];
  readonly firmware_version: string;
  readonly capabilities: object;
  readonly disabled: boolean;
  /** When it was enrolled, as UTC text. */
  readonly enrolled_at: string;
};

export type Registration = { readonly topic: string; readonly payload: Uint8Array; readonly digest: string };

/** SHA-256 of a text, as 64 hexadecimal digits. */
export type TextDigest = (text: string) => string;

/**
 * It says nothing that changes by itself, so the same node has the same bytes at all times. Status, battery level and time are those
 * that a node begins with in the replaced system; how it is, a node says itself.
 */
export const registrationOf = (node: EnrolledNode, sha256: TextDigest): Registration => {
  const { node_id, location, sensors, firmware_version, capabilities, disabled, enrolled_at } = node;
  const topic = registrationTopic(node_id);
  const said = JSON.stringify({
    ...{ node_id, location, sensors, status: disabled ? 'offline' : 'online', battery_level: 100 },
    ...{ last_seen: enrolled_at, firmware_version, capabilities },
  });
  const digest = digestOf(topic, said, sha256);
  return { topic, digest, payload: encoder.encode(`${said.slice(0, -1)},"message_id":"${digest}"}`) };
};

/** The digest of a registration that Plenum published on this topic; `undefined` where it is somebody else's, or something else. */
export const ownDigest = (topic: string, payload: Uint8Array, sha256: TextDigest): string | undefined => {
  if (payload.length < lastBytes) return undefined;
  // Most messages are told apart without their text.
  const last = /^,"message_id":"([0-9a-f]{64})"\}$/.exec(decoder.decode(payload.subarray(-lastBytes)));
  if (last?.[1] === undefined) return undefined;
  const said = `${decoder.decode(payload.subarray(0, -lastBytes))}}`;
  return digestOf(topic, said, sha256) === last[1] ? last[1] : undefined;
};

const digestOf = (topic: string, said: string, sha256: TextDigest): string => sha256(`${topic}\n${said}`);

/** Of what is behind the rest: all of it is ASCII. */
const lastBytes = `,"message_id":"${'0'.repeat(64)}"}`.length;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
