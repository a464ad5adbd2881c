import { describeInRealBrowsers } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import { tabBoardSuite } from './tab-board-suite.js';

describeInRealBrowsers(tabBoardSuite);
