export { type LocalFilesSettings, openLocalFiles } from './local-files.ts';
