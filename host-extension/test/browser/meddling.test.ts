import { describeInRealBrowsers } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import { meddlingSuite } from './meddling-suite.js';

describeInRealBrowsers(meddlingSuite);
