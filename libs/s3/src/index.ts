export { openS3Files } from './s3-files.ts';
export type { S3FilesSettings } from './settings.ts';
