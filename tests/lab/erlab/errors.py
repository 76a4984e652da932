# SPDX-License-Identifier: BSD-2-Clause
"""The one exception whose text is meant for the person at the keyboard."""


class LabError(Exception):
    pass
