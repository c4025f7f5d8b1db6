import { filesContract } from './files-contract.ts';
import { memoryFiles } from './memory-files.ts';

filesContract('memory', async () => memoryFiles());
