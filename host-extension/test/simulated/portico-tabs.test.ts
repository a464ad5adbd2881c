import { describeInSimulatedBrowsers } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import { porticoTabsSuite } from '../browser/portico-tabs-suite.js';

describeInSimulatedBrowsers(porticoTabsSuite);
