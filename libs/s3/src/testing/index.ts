export { findGo } from './find-go.ts';
export {
  findVersitygw,
  type StartedS3,
  startVersitygw,
  untilAnswered,
  type Versitygw,
  versitygwOver,
} from './versitygw.ts';
