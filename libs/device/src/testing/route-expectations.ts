/** Who may call which route and whose is what it is about, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';

const description = { location: { x: 1000, y: 0, z: 2000, zone: 'roof' }, sensors: ['temperature'] };
const whole = { ...description, firmware_version: '1.0.0', capabilities: {} };

export const routeExpectations: RouteExpectations = {
  permissions: {
    'read:devices': ['field_worker', 'engineer', 'admin', 'administrator'],
    'write:nodes': ['admin', 'administrator'],
    'write:commands': ['operator', 'admin', 'administrator'],
    'read:commands': ['operator', 'field_worker', 'engineer', 'admin', 'administrator'],
  },
  routes: {
    'GET /api/v1/devices/presence': ['read:devices', 'installation'],
    'GET /api/v1/devices/presence/:id': ['read:devices', 'installation'],
    'GET /api/v1/devices/refusals': ['read:devices', 'installation'],
    'GET /api/v1/enrolments': ['read:sensors', 'installation'],
    'GET /api/v1/nodes/:id/enrolment': ['read:sensors', 'installation'],
    'GET /api/v1/nodes/:id/versions/:version': ['read:sensors', 'installation'],
    'POST /api/v1/nodes': ['write:nodes', 'installation'],
    'POST /api/v1/nodes/bulk': ['write:nodes', 'installation'],
    'POST /api/iot/nodes': ['write:nodes', 'installation'],
    'PUT /api/v1/nodes/:id': ['write:nodes', 'installation'],
    'DELETE /api/v1/nodes/:id': ['write:nodes', 'installation'],
    'POST /api/v1/nodes/:id/keys': ['write:nodes', 'installation'],
    'DELETE /api/v1/nodes/:id/keys/:key': ['write:nodes', 'installation'],
    'PUT /api/v1/nodes/:id/certificate': ['write:nodes', 'installation'],
    'DELETE /api/v1/nodes/:id/certificate': ['write:nodes', 'installation'],
    'POST /api/v1/nodes/:id/disable': ['write:nodes', 'installation'],
    'POST /api/v1/nodes/:id/enable': ['write:nodes', 'installation'],
    'GET /api/v1/commands': ['read:commands', 'installation'],
    'GET /api/v1/commands/:id': ['read:commands', 'installation'],
    'GET /api/v1/commands/:id/versions/:version': ['read:commands', 'installation'],
    'POST /api/v1/commands': ['write:commands', 'installation'],
    'POST /api/v1/commands/:id/cancel': ['write:commands', 'installation'],
    'POST /api/iot/commands/:node_id': ['write:commands', 'installation'],
  },
  bodies: {
    'POST /api/v1/nodes': { node_id: 'n1', ...description },
    'POST /api/v1/nodes/bulk': { csv: 'node_id,x,y,z,sensors\nn2,1,2,3,temperature\n' },
    'POST /api/iot/nodes': { node_id: 'n3', ...description },
    'PUT /api/v1/nodes/:id': whole,
    'PUT /api/v1/nodes/:id/certificate': { subject: 'node_1' },
    'POST /api/iot/commands/:node_id': { command: 'status' },
    'POST /api/v1/commands': { target: 'node-17', command: 'calibrate' },
  },
};
