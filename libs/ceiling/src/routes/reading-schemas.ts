import { jsonObject, jsonObjectOrNull, provenanceFields, textOrNull, utcTime } from '@plenum/http';
import { Type } from 'typebox';

const latestReadingFields = {
  sensor_id: Type.String(),
  node_id: textOrNull({ description: 'The node that the sensor id names.' }),
  sensor_type: Type.String(),
  value: Type.Number(),
  unit: Type.String({ description: 'As sent.' }),
  timestamp: utcTime("The device's time."),
  effective_time: utcTime("The device's time, or of recording when the device's clock ran more than 5 minutes ahead."),
  location: jsonObject({ description: 'x, y, z in millimetres and, where known, zone.' }),
  metadata: jsonObjectOrNull({ description: 'What the device added.' }),
  ...provenanceFields,
};

export const latestReadingSchema = Type.Object(latestReadingFields);

export const readingSchema = Type.Object({
  ...latestReadingFields,
  created_at: utcTime('When Plenum took it.'),
});

export const intervalSchema = Type.Object({
  start: utcTime('Where the interval begins.'),
  sensor_id: textOrNull({ description: 'Null when all sensors of a type are counted together.' }),
  sensor_type: Type.String(),
  count: Type.Integer({ description: 'Readings.' }),
  min: Type.Number(),
  max: Type.Number(),
  mean: Type.Number(),
  sum: Type.Number(),
});
