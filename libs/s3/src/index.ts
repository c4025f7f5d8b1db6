export { openS3Files } from './s3-files.ts';
export { type S3FilesSettings, s3FilesSettings, s3Settings } from './settings.ts';
