/** What happens to the server of S3 that files of exports are kept in. */
import type { Site } from '../site/site.ts';
import type { Fault } from './fault.ts';
import { type Choose, freeze, inTheMiddle, kill } from './programs.ts';

const server: Choose = ({ keptFiles }) => (keptFiles.server === undefined ? [] : [keptFiles.server]);

const onS3Only = (fault: Fault): Fault => ({
  ...fault,
  impossible: ({ keptFiles }: Site) => (keptFiles.server === undefined ? 'files are kept in a folder' : undefined),
});

export const keptFilesFaults: readonly Fault[] = [
  onS3Only(inTheMiddle(kill('kill-s3', 'SIGKILL the server of S3 in the middle of a file', server))),
  onS3Only(inTheMiddle(freeze('freeze-s3', 'SIGSTOP the server of S3 in the middle of a file for up to 6 s', server))),
];
