/** A decision's place as a record carries it: CloudEvents extension attributes, which readers without our code see too. */
import type { Decision } from '@plenum/event';
import type { Headers } from '../log.ts';

export const decisionHeaders = ({ stream, version, commandId }: Decision): Headers => ({
  ce_stream: stream,
  ce_streamversion: String(version),
  ce_commandid: commandId,
});

/** `undefined` when a record says that it is none; `unreadable` when it says only half of it. */
export const decisionOf = (headers: Headers): Decision | 'unreadable' | undefined => {
  const { ce_stream: stream, ce_streamversion: text, ce_commandid: commandId } = headers;
  if (stream === undefined && text === undefined && commandId === undefined) return undefined;
  if (stream === undefined || text === undefined || commandId === undefined) return 'unreadable';
  return wholeNumber.test(text) ? { stream, version: Number(text), commandId } : 'unreadable';
};

/** From 1 up, as `decisionHeaders` writes it; more digits than a version will ever have are none. */
const wholeNumber = /^[1-9]\d{0,8}$/;
