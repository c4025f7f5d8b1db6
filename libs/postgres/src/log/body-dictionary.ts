/**
 * What zstd is told of before it sees a small body: texts that most logs of Plenum hold, so that a body of one record need not
 * spell them out. They are guesses, and cost nothing where they are wrong but a few microseconds; a log of anything else is
 * only a little larger. What is likeliest stands last, where zstd's references are shortest.
 *
 * A body says by number which dictionary it needs, and without exactly these bytes it cannot be read: what stands here never
 * changes. Better guesses are a dictionary of their own, with the next number.
 */
const texts1 = [
  'panel_statusenergy_consumptionair_qualitysound_levelvibrationoccupancylight_level',
  'lux%dBppmWhm/s°C',
  '2025-2026-2027-00000000T000:00:00.Z',
  '{"":true,"":}zone-',
  'ce_correlationidce_causationidtraceparentce_streamce_streamversionce_commandid',
  '.decisionsplenum.device.plenum.access.plenum.quarantine.MessageQuarantined',
  'ceiling/nodes/_humidity/statusplenum.ceiling.NodeStatusReportedonlineoffline',
  '_temperature/data plenum.ceiling.ReadingReportedceiling/sensors/ceiling_node_0',
];

export const dictionary1 = Buffer.from(texts1.join(''));
