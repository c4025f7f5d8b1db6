export { type TestProvider, type TestProviderSettings, type TokenClaims, testProvider } from './test-provider.ts';
