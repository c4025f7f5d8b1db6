export { findVersitygw, type StartedS3, startVersitygw, type Versitygw } from './versitygw.ts';
