export {
  type Carried,
  type FaultProxy,
  type FaultProxySettings,
  faultProxy,
  type Tampering,
  type Way,
} from './fault-proxy.ts';
