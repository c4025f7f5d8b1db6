/** A decision's place as a record carries it: CloudEvents extension attributes, which readers without our code see too. */
import { type Decision, defaultOrganisation, isOrganisation } from '@plenum/event';
import type { Headers } from '../log.ts';

export const decisionHeaders = ({ stream, version, organisation, commandId }: Decision): Headers => ({
  ce_stream: stream,
  ce_streamversion: String(version),
  ce_organisation: organisation,
  ce_commandid: commandId,
});

/**
 * `undefined` when a record says that it is none; `unreadable` when it says only half of it. What was recorded before there
 * were organisations names none.
 */
export const decisionOf = (headers: Headers): Decision | 'unreadable' | undefined => {
  const { ce_stream: stream, ce_streamversion: text, ce_commandid: commandId } = headers;
  const { ce_organisation: organisation = defaultOrganisation } = headers;
  if (stream === undefined && text === undefined && commandId === undefined) return undefined;
  if (stream === undefined || text === undefined || commandId === undefined) return 'unreadable';
  if (!wholeNumber.test(text) || !isOrganisation(organisation)) return 'unreadable';
  return { stream, version: Number(text), organisation, commandId };
};

/** From 1 up, as `decisionHeaders` writes it; more digits than a version will ever have are none. */
const wholeNumber = /^[1-9]\d{0,8}$/;
