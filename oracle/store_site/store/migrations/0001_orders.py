from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Order",
            [("id", models.AutoField(primary_key=True)), ("status", models.CharField(max_length=20))],
        )
    ]
