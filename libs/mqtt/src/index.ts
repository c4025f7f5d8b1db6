export type { Authenticate, Credentials, DoorCounts } from './broker/aedes-door.ts';
export { type DoorLimits, defaultDoorLimits } from './broker/door-limits.ts';
export { type ListenDoor, type ListenDoorParts, listenDoor } from './listen-door.ts';
export type { Endpoint, TlsEndpoint, WebSocketEndpoint, WhenPortTaken } from './listeners.ts';
