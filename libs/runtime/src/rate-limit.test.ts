import { memoryRateLimits } from './testing/memory-rate-limiter.ts';
import { rateLimiterContract } from './testing/rate-limiter-contract.ts';

rateLimiterContract('memory', async (_, timer) => {
  const limits = memoryRateLimits(timer);
  return async () => ({ limiter: limits.open(), close: async () => undefined });
});
