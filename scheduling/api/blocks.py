"""Blocks for programs: drag, pin, finish, put off, answer."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from scheduling.models import Block
from scheduling.serializers.plans import AnswerIn, BlockOut, EditOut, MoreTimeIn, MoveIn, PinIn
from scheduling.services import blocks
from timeflow.lib.http import parsed


@extend_schema(summary="Planned blocks, in order of creation")
class BlocksView(generics.ListAPIView[Block]):
    serializer_class = BlockOut
    queryset = Block.objects.none()

    def get_queryset(self):
        return Block.objects.of(self.request.user).select_related("event")


class MoveBlockView(APIView):
    @extend_schema(request=MoveIn, responses=EditOut, summary="Drag or resize a block; it is pinned there")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        edit = blocks.move_block(user=request.user, block_id=pk, now=timezone.now(), **parsed(MoveIn, request))
        return Response(EditOut(edit).data)


class PinBlockView(APIView):
    @extend_schema(request=PinIn, responses=EditOut, summary="Pin a block where it is, or let it go")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        edit = blocks.set_pin(user=request.user, block_id=pk, now=timezone.now(), **parsed(PinIn, request))
        return Response(EditOut(edit).data)


class FinishBlockView(APIView):
    @extend_schema(request=None, responses=EditOut, summary="The work of a block is done")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(EditOut(blocks.finish_block(user=request.user, block_id=pk, now=timezone.now())).data)


class PostponeBlockView(APIView):
    @extend_schema(request=None, responses=EditOut, summary="Not now: plan the rest of a block later")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(EditOut(blocks.postpone_block(user=request.user, block_id=pk, now=timezone.now())).data)


class MoreTimeView(APIView):
    @extend_schema(request=MoreTimeIn, responses=EditOut, summary="A block needs more minutes")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        edit = blocks.more_time(user=request.user, block_id=pk, now=timezone.now(), **parsed(MoreTimeIn, request))
        return Response(EditOut(edit).data)


class AnswerBlockView(APIView):
    @extend_schema(request=AnswerIn, responses=EditOut, summary="How a block that is over went")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        edit = blocks.answer_block(user=request.user, block_id=pk, now=timezone.now(), **parsed(AnswerIn, request))
        return Response(EditOut(edit).data)
