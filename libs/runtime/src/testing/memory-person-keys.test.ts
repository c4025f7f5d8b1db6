import { memoryPersonKeys } from './memory-person-keys.ts';
import { personKeysContract } from './person-keys-contract.ts';

personKeysContract('memory', async () => {
  const { open, transact, rows } = memoryPersonKeys();
  return {
    open: async () => open(),
    transact,
    tamper: async (person) => {
      const bytes = rows().get(person)?.bytes;
      if (bytes !== undefined) bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1;
    },
  };
});
