/** Who may call which route and whose is what it is about, by hand. */
import type { RouteExpectations } from '@plenum/domain/testing';
import { projectDocument } from '../project-document/project-document.ts';
import { projectOf } from './projects.ts';

const notProvided = [
  ...['POST /api/v1/calculate/optimize', 'POST /api/v1/exports/ifc', 'POST /api/v1/exports/3d'],
  ...['POST /api/v1/bim/tools/:tool', 'GET /api/v1/bim/tools/:tool/:id', 'DELETE /api/v1/bim/tools/:tool/:id'],
  ...['POST /api/v1/kitchen/calculate', 'POST /api/v1/kitchen/cost-estimate'],
  ...['POST /api/v1/llm/execute', 'POST /api/v1/llm/generate', 'POST /api/v1/llm/design/:what'],
  ...['GET /api/v1/llm/tools', 'GET /api/v1/llm/schema', 'GET /api/v1/llm/status', 'GET /api/v1/llm/models'],
];

/** Of a ceiling that is in no project. */
const exporting = [
  ...['POST /api/v1/exports/svg', 'POST /api/v1/exports/dxf', 'POST /api/v1/exports/json'],
  ...['POST /api/export/json', 'POST /api/export/dxf', 'POST /api/export/svg', 'POST /api/export/report'],
];

const hall = { dimensions: { length_mm: 4800, width_mm: 3600 } };
const flatHall = {
  ...{ ceiling_length: 4800, ceiling_width: 3600, perimeter_gap: 200, panel_gap: 200 },
  material_name: 'led_panel_white',
};

const takes = (route: string): string => (route.startsWith('GET ') ? 'read:projects' : 'write:projects');

export const routeExpectations: RouteExpectations = {
  permissions: {
    'read:projects': ['operator', 'maintenance', 'administrator', 'field_worker', 'engineer', 'admin'],
    'write:projects': ['operator', 'administrator', 'engineer', 'admin'],
    'approve:projects': ['administrator', 'admin'],
  },
  routes: {
    'GET /api/v1/ceilings': ['read:projects', 'list'],
    'GET /api/v1/ceilings/:id': ['read:projects', 'one'],
    'GET /api/v1/ceilings/:id/versions/:version': ['read:projects', 'one'],
    'GET /api/v1/ceilings/:id/history': ['read:projects', 'one'],
    'GET /api/v1/ceilings/:id/document': ['read:projects', 'one'],
    'POST /api/v1/ceilings': ['write:projects', 'self'],
    'POST /api/v1/ceilings/import': ['write:projects', 'self'],
    'PATCH /api/v1/ceilings/:id': ['write:projects', 'one'],
    'PUT /api/v1/ceilings/:id/measurements': ['write:projects', 'one'],
    'PUT /api/v1/ceilings/:id/material': ['write:projects', 'one'],
    'POST /api/v1/ceilings/:id/layout': ['write:projects', 'one'],
    'POST /api/v1/ceilings/:id/approval': ['approve:projects', 'one'],
    'POST /api/v1/ceilings/:id/archive': ['write:projects', 'one'],
    'POST /api/v1/ceilings/:id/restore': ['write:projects', 'one'],
    'POST /api/v1/layouts': ['read:projects', 'installation'],
    'POST /api/v1/layouts/comparison': ['read:projects', 'installation'],
    'GET /api/v1/layouts/strategies': ['read:projects', 'installation'],
    'GET /api/materials': ['read:projects', 'installation'],
    'GET /api/material/:name': ['read:projects', 'installation'],
    'POST /api/calculate': ['read:projects', 'installation'],
    'GET /api/config/default': ['read:projects', 'installation'],
    'GET /api/strategies': ['read:projects', 'installation'],
    'POST /api/v1/calculate': ['write:projects', 'self'],
    'GET /api/v1/calculate/:id': ['read:projects', 'one'],
    'GET /api/v1/projects': ['read:projects', 'list'],
    'GET /api/v1/projects/:id': ['read:projects', 'one'],
    'POST /api/v1/projects': ['write:projects', 'self'],
    'PUT /api/v1/projects/:id': ['write:projects', 'one'],
    'DELETE /api/v1/projects/:id': ['write:projects', 'one'],
    'POST /api/v1/projects/:id/calculate': ['write:projects', 'one'],
    'GET /api/v1/materials': ['read:projects', 'installation'],
    'GET /api/v1/materials/:id': ['read:projects', 'installation'],
    'GET /api/v1/materials/categories': ['read:projects', 'installation'],
    'POST /api/v1/materials/cost-estimate': ['read:projects', 'installation'],
    ...Object.fromEntries(exporting.map((route) => [route, ['write:exports', 'self'] as const])),
    'GET /api/v1/exports/exp_:id': ['read:exports', 'one'],
    'GET /api/v1/exports/download/:id': ['read:exports', 'one'],
    ...Object.fromEntries(notProvided.map((route) => [route, [takes(route), 'installation'] as const])),
    'POST /api/export/:what': ['write:exports', 'installation'],
  },
  computing: [
    ...['POST /api/v1/layouts', 'POST /api/v1/layouts/comparison', 'POST /api/calculate'],
    'POST /api/v1/materials/cost-estimate',
  ],
  unprovided: {
    ...Object.fromEntries(notProvided.map((route) => [route, 501 as const])),
    'POST /api/export/:what': 400,
  },
  // Nobody lays it out there, and nobody makes the file.
  owned: {
    'GET /api/v1/ceilings/:id/document': 409,
    'GET /api/v1/exports/exp_:id': 202,
    'GET /api/v1/exports/download/:id': 409,
  },
  elsewhere: {
    'GET /api/v1/exports/exp_:id': { kind: '/api/v1/exports', written: (id) => id.replaceAll('-', '') },
    'GET /api/v1/exports/download/:id': { kind: '/api/v1/exports', written: (id) => `exp_${id.replaceAll('-', '')}` },
  },
  bodies: {
    'POST /api/v1/ceilings': { name: 'Hall' },
    'POST /api/v1/ceilings/import': { name: 'Hall', document: projectDocument(projectOf()) },
    'PATCH /api/v1/ceilings/:id': { tags: ['hall'] },
    'PUT /api/v1/ceilings/:id/measurements': { length_mm: 4800, width_mm: 3600 },
    'PUT /api/v1/ceilings/:id/material': { material: 'led_panel_white' },
    'POST /api/v1/ceilings/:id/layout': {},
    'POST /api/v1/ceilings/:id/approval': {},
    'POST /api/v1/projects/:id/calculate': {},
    'POST /api/v1/layouts': { length_mm: 4800, width_mm: 3600 },
    'POST /api/v1/layouts/comparison': { length_mm: 4800, width_mm: 3600 },
    'POST /api/calculate': flatHall,
    'POST /api/v1/calculate': hall,
    ...Object.fromEntries(exporting.map((route) => [route, route.includes('/v1/') ? hall : flatHall])),
    'POST /api/v1/projects': { name: 'Hall', dimensions: { length_mm: 4800, width_mm: 3600 } },
    'PUT /api/v1/projects/:id': { name: 'Great hall' },
    'POST /api/v1/materials/cost-estimate': { material_id: 'led_panel_white', area_sqm: 10 },
  },
};
