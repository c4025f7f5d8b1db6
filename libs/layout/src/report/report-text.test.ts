import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { projectOf } from '../testing/projects.ts';
import { reportText } from './report-text.ts';

const report = `============================================================
CEILING PANEL LAYOUT REPORT
============================================================
Generated: 2026-03-04 09:15:02

CEILING DIMENSIONS
------------------------------------------------------------
Length:                  4800.0 mm  (  4.80 m)
Width:                   3600.0 mm  (  3.60 m)
Area:                     17.28 m²

SPACING SPECIFICATIONS
------------------------------------------------------------
Perimeter Gap:        200.0 mm
Panel Gap:            200.0 mm

PANEL LAYOUT (OPTIMIZED)
------------------------------------------------------------
Panel Dimensions:    1500.0 × 1333.3 mm
Panel Area:          2.0000 m²
Panels Per Row:      2
Panels Per Column:   3
Total Panels:        6

COVERAGE ANALYSIS
------------------------------------------------------------
Panel Coverage:         12.00 m²
Gap/Service Area:        5.28 m²
Coverage %:              69.4%

MATERIAL SPECIFICATION
------------------------------------------------------------
Product:             LED Panel
Category:            lighting
Color:               White
Reflectivity:        85%
Cost/m²:             $450.00
Notes:               Integrated LED lighting, 4000K

MATERIAL REQUIREMENTS & COST
------------------------------------------------------------
Panels Required:     6 units
Total m²:            12.00
Total Cost:          $5,400.00
Waste (15%):         $810.00
Labor (25%):         $1,552.50
With Waste & Labor:  $7,762.50

CUTTING LIST
------------------------------------------------------------
Panel Size:          1500.0 × 1333.3 mm
Quantity:            6 pieces

============================================================
`;

describe('the report', () => {
  it('says all of a project', () => {
    assert.equal(reportText(projectOf()), report);
  });

  it('has no sections of a material where there is none, and no labor where none is counted', () => {
    const { material: _none, ...project } = projectOf();
    assert.doesNotMatch(reportText(project), /MATERIAL|Cost/);
    assert.doesNotMatch(reportText(projectOf({ labor_multiplier: null })), /Labor \(/);
  });

  it('holds each text on its line, whatever it is', () => {
    const { material = assert.fail() } = projectOf();
    const name = '<b>\nTotal Cost:          $0.00\u2028%%c';
    const lines = reportText(projectOf({ material: { ...material, name } })).split(/[\n\u2028]/);
    assert.equal(lines.length, report.split('\n').length);
    assert.equal(lines.filter((line) => line.startsWith('Total Cost:')).length, 1);
  });

  it('groups thousands', () => {
    const { material = assert.fail() } = projectOf();
    const dear = projectOf({ material: { ...material, cost_per_sqm: 1_000_000 } });
    assert.match(reportText(dear), /Total Cost: {10}\$12,000,000\.00\n/);
  });
});
